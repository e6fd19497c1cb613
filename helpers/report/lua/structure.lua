-- The document's structure: title, front matter, chapters. `parts` are the cells: {place, notebook, blocks}.

local shared = require 'shared'
local structure = {}

local function each_heading(parts, visit) -- visit(header, blocks, index) until it returns true
  for _, part in ipairs(parts) do
    for index, block in ipairs(part.blocks) do
      if block.t == 'Header' and visit(block, part.blocks, index) then return end
    end
  end
end

function structure.take_title(parts) -- the first heading, if it is the title already
  local title = shared.input.title
  each_heading(parts, function (header, blocks, index)
    if header.level == 1 and (not title or pandoc.utils.stringify(header) == title) then
      title = pandoc.utils.stringify(header)
      blocks:remove(index)
    end
    return true
  end)
  return title or shared.input.name
end

function structure.raise_headings(parts) -- to level 1, if the title was the only heading of that level
  local least = 9
  each_heading(parts, function (header) least = math.min(least, header.level) end)
  each_heading(parts, function (header) header.level = header.level - least + 1 end)
end

function structure.mark_chapters(parts) -- the first ends the front matter; at a later one no figure may still wait
  local mark = '#show: chapters'
  for _, part in ipairs(parts) do
    local marked = pandoc.Blocks {}
    for _, block in ipairs(part.blocks) do
      local heading = block.t == 'Header'
      if heading and block.level == 1 then
        marked:insert(shared.raw_block(mark))
        mark = '#place.flush()'
      elseif heading and mark == '#show: chapters' then
        shared.place = part.place
        block = shared.raw_block('#front-heading[' .. shared.written { pandoc.Plain(block.content) } .. ']')
      end
      marked:insert(block)
    end
    part.blocks = marked
  end
end

function structure.unique_identifiers(parts) -- of headings: each cell was read by itself
  local taken = {}
  each_heading(parts, function (header)
    if taken[header.identifier] then header.identifier = '' end
    taken[header.identifier] = true
  end)
end

return structure
