-- Formulas in TeX -> what pandoc's writers make of them, each by itself, so that none can spoil another. Run by
-- `pandoc lua`, once for all formulas of a document.
--
-- in:  {writer: "typst" or "html", formulas: [{tex, display, macros}]}; macros are definitions that hold there, or ""
-- out: [{markup, problem}]: what the writer wrote, and its first warning or ""

local input = pandoc.json.decode(io.read 'a', false)
local options = pandoc.WriterOptions { wrap_text = 'none', html_math_method = 'mathml' }

local function expanded(formula) -- its macros replaced by what they stand for
  if formula.macros == '' then return formula.tex end
  local _, doc = pandoc.log.silence(pandoc.read, formula.macros .. '\n\n\\(' .. formula.tex .. '\\)', 'latex')
  local tex = formula.tex
  doc:walk { Math = function (math) tex = math.text end }
  return tex
end

local function converted(formula)
  local math = pandoc.Math(formula.display and 'DisplayMath' or 'InlineMath', expanded(formula))
  local messages, markup = pandoc.log.silence(pandoc.write, pandoc.Pandoc { pandoc.Plain { math } }, input.writer, options)
  local problem = ''
  for _, message in ipairs(messages) do
    local readable = pandoc.json.decode(pandoc.json.encode(message), false)
    if readable.verbosity ~= 'INFO' and problem == '' then problem = readable.pretty or readable.message or 'a warning' end
  end
  return { markup = markup, problem = problem }
end

io.write(pandoc.json.encode(pandoc.List(input.formulas):map(converted)))
