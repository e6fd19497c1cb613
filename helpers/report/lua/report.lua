-- Cells of Markdown -> one Typst document. Run by `pandoc lua`; JSON in, JSON out.
--
-- in:  {cells: [{place, notebook, folder, text}], title?, name, lang, bibliography?, strict}
-- out: {title, body, problems: [sentence]}; the body is of use only if there are no problems.
--
-- Each cell is read by itself, so that every problem has a place and no cell can swallow the next one.

package.path = pandoc.path.join { pandoc.path.directory(arg[0]), '?.lua' }

local elements = require 'elements'
local mathematics = require 'mathematics'
local place_floats = require 'floats'
local read = require 'reading'
local references = require 'references'
local shared = require 'shared'
local structure = require 'structure'

local parts = pandoc.List(shared.input.cells):map(function (cell)
  return { place = cell.place, notebook = cell.notebook, blocks = read(cell) }
end)

local function work_cited(div)
  if div.identifier:match '^ref%-' then
    return shared.raw_block('#work-cited[' .. shared.written(div.content) .. ']' .. shared.label_of(div))
  end
  if div.identifier == 'refs' then return div.content end
end

local function link(element) -- to a notebook of this report: to its first page
  local name = element.target:gsub('%%20', ' '):match '^([^#:/]+%.ipynb)'
  for _, part in ipairs(parts) do
    if name and part.notebook == name then
      local text = shared.written { pandoc.Plain(element.content) }
      return shared.raw('#link(label(' .. shared.literal(name) .. '))[' .. text .. '];')
    end
  end
  if name then return element.content end
end

local to_typst = {
  Math = mathematics.equation,
  Link = link,
  Figure = elements.figure,
  Table = elements.numbered_table,
  CodeBlock = elements.code,
  Div = work_cited,
  HorizontalRule = function () return shared.raw_block '#horizontal-rule' end,
}

local images_in_text = { -- those left by the figures
  Image = function (img) return shared.raw('#box(' .. elements.image(img) .. ');') end,
}

local function body()
  local lines, notebook = pandoc.List {}, nil
  for _, part in ipairs(parts) do
    shared.place = part.place
    lines:insert('// ' .. part.place)
    if part.notebook and part.notebook ~= notebook then
      lines:insert('#metadata(none) #label(' .. shared.literal(part.notebook) .. ')')
    end
    notebook = part.notebook
    lines:insert(shared.written(part.blocks:walk(to_typst):walk(images_in_text)) .. '\n')
  end
  return table.concat(lines, '\n')
end

local title = structure.take_title(parts)
structure.raise_headings(parts)
structure.unique_identifiers(parts)
place_floats(parts)
if references.resolve(parts) then references.cite_works(parts) end
structure.mark_chapters(parts)
local typst = body()
io.write(pandoc.json.encode { title = title, body = typst, problems = shared.problems })
