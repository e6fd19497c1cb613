-- The parts as the body of a Typst document, whose look is in report.typ.

local elements = require 'elements'
local mathematics = require 'mathematics'
local number_figures = require 'floats'
local shared = require 'shared'

local function work_cited(div)
  if div.identifier:match '^ref%-' then
    return shared.raw_block('#work-cited[' .. shared.written(div.content) .. ']' .. shared.label_of(div))
  end
  if div.identifier == 'refs' then return div.content end
end

local to_typst = {
  Math = mathematics.typst,
  Link = function (link)
    if link.classes:includes 'reference' then return shared.raw('#ref(<' .. link.target:sub(2) .. '>);') end
  end,
  Figure = elements.figure,
  Table = elements.numbered_table,
  CodeBlock = elements.code,
  Div = work_cited,
  HorizontalRule = function () return shared.raw_block '#horizontal-rule' end,
}

local images_in_text = { -- those left by the figures
  Image = function (img) return shared.raw('#box(' .. elements.image(img) .. ');') end,
}

local function mark_chapters(parts) -- the first ends the front matter; at a later one no figure may still wait
  local mark = '#show: chapters'
  for _, part in ipairs(parts) do
    shared.place = part.place
    local marked = pandoc.Blocks {}
    for _, block in ipairs(part.blocks) do
      if block.t == 'Header' and block.classes:includes 'front' then
        local text = shared.written { pandoc.Plain(block.content) }
        block = shared.raw_block('#front-heading[' .. text .. ']' .. shared.label_of(block))
      elseif block.t == 'Header' and block.level == 1 then
        marked:insert(shared.raw_block(mark))
        mark = '#place.flush()'
      end
      marked:insert(block)
    end
    part.blocks = marked
  end
end

return function (parts)
  local figures = number_figures(parts)
  mark_chapters(parts)
  local body = table.concat(parts:map(function (part)
    shared.place = part.place
    local anchor = part.anchor and '#metadata(none) <' .. part.anchor .. '>\n' or ''
    return '// ' .. part.place .. '\n' .. anchor .. shared.written(part.blocks:walk(to_typst):walk(images_in_text)) .. '\n'
  end), '\n')
  return body, figures
end
