-- Mathematics: what pandoc's writers make of it, repaired, with the TeX source as alternative text.

local repaired_mathml = require 'mathml'
local shared = require 'shared'
local mathematics = {}

local DROPPED = { -- what pandoc 3.9 loses without a warning, and what to write instead
  ['\\tag%f[^%a]'] = '\\tag is lost; give a name, \\tag{name}, and refer to [@eq:name]; numbers come by themselves',
  ['\\color%f[^%a]'] = '\\color is lost; use words',
  ['\\begin{array}'] = 'columns of array are lost; use cases, aligned, bmatrix or a table',
  ['\\begin{matrix}'] = 'columns of matrix are lost; use bmatrix or pmatrix',
}

local function refuse_dropped(tex)
  for pattern, advice in pairs(DROPPED) do
    if tex:find(pattern) then shared.problem(advice .. ': ' .. tex) end
  end
end

local function prepared(tex) -- where pandoc would set other spaces than TeX: 50{,}880 and \|x\|
  local one_number = tex:gsub('%d[%d{},.]*%d', function (number)
    return number:find('{,}', 1, true) and '\\text{' .. number:gsub('{,}', ',') .. '}' or nil
  end)
  return (one_number:gsub('\\|', '\\Vert '))
end

-- \left. x \right| as \ulcorner x | \urcorner, for Typst alone, in which `repaired` writes lr(x |): pandoc would not
-- stretch a delimiter without its partner.
local function with_pairs_marked(tex)
  local open, pieces, rest = pandoc.List {}, pandoc.List {}, 1
  for from, side, to in tex:gmatch '()\\(%a+)%s*()' do
    if side == 'left' or side == 'right' then
      local delimiter = tex:match('^\\?%a*', to)
      delimiter = delimiter:match '%a' and delimiter or tex:match('^\\?.', to)
      pieces:insert(tex:sub(rest, from - 1))
      pieces:insert { side = side, delimiter = delimiter }
      rest = to + #delimiter
      if side == 'left' then open:insert(#pieces)
      elseif #open > 0 then
        local left, right = pieces[open:remove()], pieces[#pieces]
        left.alone, right.alone = right.delimiter == '.', left.delimiter == '.'
      end
    end
  end
  pieces:insert(tex:sub(rest))
  return table.concat(pieces:map(function (piece)
    if type(piece) == 'string' then return piece end
    local shown = piece.delimiter == '.' and '' or piece.delimiter
    if piece.alone or shown == '' then
      return piece.side == 'left' and '\\ulcorner ' .. shown .. ' ' or ' ' .. shown .. '\\urcorner '
    end
    return '\\' .. piece.side .. ' ' .. shown
  end))
end

local function repaired(typst, tex) -- names that Typst has changed, wrong spaces, operators, large brackets
  local limits = tex:match '\\operatorname%*' and ', limits: #true' or ''
  local function operator(before, text) -- \operatorname is bare text; \text is upright(text)
    if before ~= '(' and text:match '%a' then return before .. 'op(' .. text .. limits .. ')' end
  end
  return (typst:gsub('\\| corner%.r%.t', 'bar.v)'):gsub('%.circle', '.o'):gsub('%f[%w.]sect%f[^%w]', 'inter')
    :gsub('#h%(0em%)', 'thick'):gsub('#h%(%-1em%)', '#h(0em)')
    :gsub('(.)("[^"]*")', operator)
    :gsub('cases%b()', function (cases) return cases:gsub(' & ', ' & quad ') end)
    :gsub('%[\\|%]', '[│]'):gsub('\\|', ' class("normal", \\|)'):gsub('%[│%]', '[\\|]')
    :gsub('bar%.v%.double', 'class("normal", %0)')
    :gsub('#scale%(x: (%d+)%%, y: %d+%%%)%[(\\?.)%]', 'lr(size: #%1%%, %2)')
    :gsub('corner%.l%.t {', 'lr(\\{'):gsub('} corner%.r%.t', '\\})')
    :gsub('corner%.l%.t', 'lr('):gsub('corner%.r%.t', ')'))
end

-- A name in \tag{name}, which Jupyter and LaTeX show beside the formula, is the label eq:name; so is \label{eq:name}.
local NAMED = '\\tag{(%l[%l%d-]*)}'

function mathematics.label(math)
  local name = math.text:match(NAMED)
  return name and 'eq:' .. name or math.text:match '\\label{([^}]*)}'
end

local function converted(math, write, prepare) -- TeX source without label, and what `write` makes of it
  local tex = math.text:gsub('\\label{[^}]*}', ''):gsub(NAMED, ''):gsub('^%s+', ''):gsub('%s+$', '')
  refuse_dropped(tex)
  local messages, result = shared.warned(write, { pandoc.Plain { pandoc.Math(math.mathtype, prepare(tex)) } })
  if #messages > 0 then
    shared.problem('TeX that pandoc cannot convert: ' .. tex .. '\n  ' .. messages[1].message)
  end
  return tex, result
end

function mathematics.typst(math)
  local tex, typst = converted(math, shared.as_typst, function (tex) return with_pairs_marked(prepared(tex)) end)
  local body = 'alt: ' .. shared.one_line(tex) .. ', ' .. repaired(typst, tex) .. '.body'
  if math.mathtype == 'InlineMath' then return shared.raw('#math.equation(' .. body .. ');') end
  local label = mathematics.label(math)
  local numbered = label and 'numbering: "(1)", ' .. body .. ') <' .. label .. '>' or body .. ');'
  return shared.raw('#math.equation(block: true, ' .. numbered .. '\n')
end

local AS_MATHML = pandoc.WriterOptions { html_math_method = 'mathml', wrap_text = 'none' }

local function as_mathml(blocks) return pandoc.write(pandoc.Pandoc(blocks), 'html5', AS_MATHML) end

function mathematics.mathml(math) -- a math element, its TeX source as attribute
  local tex, html = converted(math, as_mathml, prepared)
  local display, content = html:match '^<math display="(%a+)".-><semantics>(.*)<annotation'
  if not content then return '' end -- the problem is noted
  return '<math display="' .. display .. '" alttext="' .. shared.attribute(tex) .. '">' .. repaired_mathml(content) .. '</math>'
end

return mathematics
