-- The document's structure: title, front matter, chapters. `parts` are the cells: {place, notebook, blocks}.

local shared = require 'shared'
local structure = {}

local function each_heading(parts, visit) -- visit(header, blocks, index, part) until it returns true
  for _, part in ipairs(parts) do
    for index, block in ipairs(part.blocks) do
      if block.t == 'Header' and visit(block, part.blocks, index, part) then return end
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

function structure.anchor_notebooks(parts) -- sets the anchor at which a notebook begins; they by name of notebook
  local anchors, count = {}, 0
  for _, part in ipairs(parts) do
    if part.notebook and not anchors[part.notebook] then
      count = count + 1
      part.anchor = 'notebook:' .. count
      anchors[part.notebook] = part.anchor
    end
  end
  return anchors
end

function structure.mark_front(parts) -- headings before the first chapter; after it no level may be left out
  local level = nil
  each_heading(parts, function (header, _, _, part)
    if not level and header.level > 1 then
      header.classes:insert 'front'
    elseif level and header.level > level + 1 then
      shared.place = part.place
      shared.problem('a heading level is left out before "' .. pandoc.utils.stringify(header) .. '"')
    else
      level = header.level
    end
  end)
end

function structure.unique_identifiers(parts) -- of headings: each cell was read by itself
  local taken = {}
  each_heading(parts, function (header)
    local wanted, count = header.identifier, 1
    while taken[header.identifier] do
      header.identifier = wanted .. '-' .. count
      count = count + 1
    end
    taken[header.identifier] = true
  end)
end

return structure
