-- How wide the columns of a table are, and how many lines it takes. Widths are in letters, about.
--
-- A table that fits keeps its natural widths, with headers in two lines if need be, in smaller letters, or reaching into
-- the margins. In a wider one, which reaches there too, numbers stay in one line and columns of prose share the rest.

local tables = {}

local NORMAL = { markup = 'normal-table', letters = 78 } -- see report.typ
local SMALL, WIDE = { markup = 'small-table', letters = 87 }, { markup = 'wide-table', letters = 107 }
local GUTTER = 2.6
local SHORT = 14 -- a column of text up to this width is not broken

local function text_of(cell) -- without TeX's braces and with one letter for each of its commands
  return (pandoc.utils.stringify(cell.contents):gsub('\\%a+', 'x'):gsub('[{}^_]', ''))
end

local function longest_word(text)
  local longest = 0
  for word in text:gmatch '%S+' do longest = math.max(longest, utf8.len(word)) end
  return longest
end

local function in_two_lines(text) -- the least width that takes `text` in two lines
  local least = utf8.len(text)
  for space in text:gmatch '() ' do
    least = math.min(least, math.max(utf8.len(text:sub(1, space - 1)), utf8.len(text:sub(space + 1))))
  end
  return least
end

local function column(tbl, number)
  local widest, word, letters = 0, 0, 0
  for _, row in ipairs(tbl.bodies[1].body) do
    local text = text_of(row.cells[number])
    widest = math.max(widest, utf8.len(text))
    word = math.max(word, longest_word(text))
    letters = letters + utf8.len(text)
  end
  local head = tbl.head.rows[1] and text_of(tbl.head.rows[1].cells[number]) or ''
  word = math.max(word, longest_word(head))
  local of_text = tbl.colspecs[number][1] ~= 'AlignRight' and tbl.colspecs[number][1] ~= 'AlignCenter'
  return {
    flexible = of_text and widest > SHORT,
    natural = math.max(widest, utf8.len(head)),
    closed = math.max(widest, word, in_two_lines(head)), -- the header in two lines, the cells in one
    word = word,
    letters = letters,
  }
end

local function sum(columns, width)
  local total = GUTTER * #columns
  for _, col in ipairs(columns) do total = total + width(col) end
  return total
end

function tables.least_width(tbl)
  return sum(tables.columns(tbl), function (col) return col.word end)
end

function tables.columns(tbl)
  local columns = pandoc.List {}
  for number = 1, #tbl.colspecs do columns:insert(column(tbl, number)) end
  return columns
end

-- Share `rest` among columns of prose: to each its longest word, then by the amount of text, to none too much.
local function share(columns, rest)
  for _, col in ipairs(columns) do
    col.width = col.word
    rest = rest - col.word
  end
  local open = columns
  while rest > 0.5 and #open > 0 do
    local letters, given = 0, 0
    for _, col in ipairs(open) do letters = letters + col.letters end
    for _, col in ipairs(open) do
      local more = math.min(rest * col.letters / letters, col.natural - col.width)
      col.width, given = col.width + more, given + more
    end
    rest, open = rest - given, open:filter(function (col) return col.width < col.natural - 0.5 end)
  end
end

local function look_of(columns, fits) -- and whether no cell need be broken
  if fits then return NORMAL, true end
  local closed = sum(columns, function (col) return col.closed end)
  for _, look in ipairs { NORMAL, SMALL, WIDE } do
    if closed <= look.letters then return look, true end
  end
  return WIDE, false
end

-- {fits, markup: Typst's function for its look, widths: Typst's column widths, columns}
function tables.plan(tbl)
  local columns = tables.columns(tbl)
  local fits = sum(columns, function (col) return col.natural end) <= NORMAL.letters
  local look, whole_cells = look_of(columns, fits)
  local of_numbers = columns:filter(function (col) return not col.flexible end)
  local of_prose = columns:filter(function (col) return col.flexible end)
  local prose = look.letters - GUTTER * #of_prose - sum(of_numbers, function (col) return col.closed end)
  if not whole_cells then share(of_prose, prose) end
  local widths = columns:map(function (col)
    local whole = not col.width or col.width > col.natural - 0.5
    return whole and 'auto' or string.format('%.2ffr', col.width)
  end)
  return { fits = fits, markup = look.markup, widths = widths, columns = columns }
end

function tables.lines(tbl)
  local plan, lines = tables.plan(tbl), 1
  for _, row in ipairs(tbl.bodies[1].body) do
    local tallest = 1
    for number, cell in ipairs(row.cells) do
      local width = plan.columns[number].width
      if width then tallest = math.max(tallest, math.ceil(utf8.len(text_of(cell)) / width)) end
    end
    lines = lines + tallest
  end
  return lines
end

-- A header cell's blocks, broken into lines no wider than the cells below or its own longest word.
function tables.broken_header(blocks, col)
  local limit, used = math.max(col.closed, col.width or 0), 0
  return blocks:walk { Inlines = function (inlines)
    local result = pandoc.Inlines {}
    for index, inline in ipairs(inlines) do
      local length = utf8.len(pandoc.utils.stringify(inline))
      local following = inlines[index + 1] and utf8.len(pandoc.utils.stringify(inlines[index + 1])) or 0
      if inline.t == 'Space' and used + 1 + following > limit then
        result:insert(pandoc.LineBreak())
        used = 0
      else
        result:insert(inline)
        used = used + length
      end
    end
    return result
  end }
end

return tables
