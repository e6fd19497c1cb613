-- Figures, tables and code as Typst markup.

local shared = require 'shared'
local tables = require 'tables'
local elements = {}

function elements.image(img)
  local width = img.attributes.width and ', width: ' .. img.attributes.width:gsub('px$', ' * 0.75pt') or ''
  local alt = ', alt: ' .. shared.one_line(pandoc.utils.stringify(img.caption))
  return 'image(' .. shared.one_line(img.src) .. alt .. width .. ')'
end

function elements.figure(fig)
  local markup
  fig.content:walk { Image = function (img) markup = elements.image(img) end }
  local parts = { markup, 'placement: placement-of(' .. fig.attributes.number .. '), caption: [' .. shared.written(fig.caption.long) .. ']' }
  return shared.raw_block('#figure(' .. table.concat(parts, ', ') .. ')' .. shared.label_of(fig))
end

local ALIGNMENT = { AlignLeft = 'left', AlignRight = 'right', AlignCenter = 'center', AlignDefault = 'left' }

local function content(blocks) return '[' .. shared.written(blocks) .. ']' end

local function header(row, plan)
  local cells = row.cells:map(function (cell, number)
    return content(plan.fits and cell.contents or tables.broken_header(cell.contents, plan.columns[number]))
  end)
  return 'table.header(' .. table.concat(cells, ', ') .. ')'
end

local function table_markup(tbl)
  local plan = tables.plan(tbl)
  local aligns = tbl.colspecs:map(function (spec) return ALIGNMENT[spec[1]] end)
  local lines = pandoc.List {
    'columns: (' .. table.concat(plan.widths, ', ') .. ',)',
    'align: (' .. table.concat(aligns, ', ') .. ',)',
  }
  for _, row in ipairs(tbl.head.rows) do lines:insert(header(row, plan)) end
  for _, row in ipairs(tbl.bodies[1].body) do
    lines:insert(table.concat(row.cells:map(function (cell) return content(cell.contents) end), ', '))
  end
  return plan.markup .. '(table(' .. table.concat(lines, ',\n  ') .. '))'
end

function elements.numbered_table(tbl)
  local caption, markup = tbl.caption.long, table_markup(tbl)
  if #caption == 0 then return shared.raw_block('#' .. markup) end
  local text = '#figure(kind: table, caption: ' .. content(caption) .. ',\n  ' .. markup .. ')'
    .. shared.label_of(tbl)
  if tbl.attributes.long then text = '#long-table[' .. text .. ']' end
  return shared.raw_block(text)
end

local function wrapped(line) -- into lines of shared.MAX_COLUMNS, the later ones marked by an arrow
  local pieces = pandoc.List {}
  while utf8.len(line) > shared.MAX_COLUMNS do
    local last = utf8.offset(line, shared.MAX_COLUMNS + 1) - 1
    local space = line:sub(1, last):match '.*() '
    local cut = space and space > last // 2 and space or last
    pieces:insert(line:sub(1, cut))
    line = '↪ ' .. line:sub(cut + 1)
  end
  pieces:insert(line)
  return table.concat(pieces, '\n')
end

function elements.code(block)
  local language = block.classes[1] or 'text'
  local text = block.text:gsub('[^\n]+', wrapped)
  local arguments = { 'block: true', 'lang: ' .. shared.one_line(language:lower()), shared.literal(text) }
  return shared.raw_block('#raw(' .. table.concat(arguments, ', ') .. ')')
end

return elements
