-- Formulas in TeX -> what pandoc's writers make of them, each by itself, so that none can spoil another. Run by
-- `pandoc lua`, once for all formulas of a document. Another kind of request is another function of `kinds`.
--
-- in:  {kind: "formulas", writer: "typst" or "html", formulas: [{tex, display}]}
-- out: a line for each, at once: {markup, problem, unknown}: what the writer wrote, its first warning or "", commands
--      that it does not know; such a command is written as the words nbcommand...nbend, marked by a sign that no formula
--      holds, since another try costs less here than another start

local input = pandoc.json.decode(io.read 'a', false)
local options = pandoc.WriterOptions { wrap_text = 'none', html_math_method = 'mathml' }
local MOST_UNKNOWN = 6
local kinds = {}

local function warned(tex, display) -- what the writer makes of a formula, and its first warning
  local math = pandoc.Math(display and 'DisplayMath' or 'InlineMath', tex)
  local messages, markup = pandoc.log.silence(pandoc.write, pandoc.Pandoc { pandoc.Plain { math } }, input.writer, options)
  for _, message in ipairs(messages) do
    local readable = pandoc.json.decode(pandoc.json.encode(message), false)
    if readable.verbosity ~= 'INFO' then return markup, readable.pretty or readable.message or 'a warning' end
  end
  return markup, ''
end

local function converted(formula)
  local tex, unknown = formula.tex, pandoc.List {}
  local markup, problem = warned(tex, formula.display)
  while problem ~= '' and #unknown < MOST_UNKNOWN do
    local name = problem:match 'unexpected control sequence \\(%a+)'
    local other, count = tex:gsub('\\' .. (name or '%f[%A]%A^') .. '%f[%A]', '\\text{\u{FDD0}nbcommand' .. (name or '') .. 'nbend}')
    if not name or count == 0 then break end
    unknown:insert(name)
    tex = other
    markup, problem = warned(tex, formula.display)
  end
  return { markup = markup, problem = problem, unknown = unknown }
end

function kinds.formulas()
  for _, formula in ipairs(input.formulas) do
    io.write(pandoc.json.encode(converted(formula)), '\n')
    io.flush()
  end
end

kinds[input.kind]()
