-- Cells of Markdown -> one document, Typst or HTML. Run by `pandoc lua`; JSON in, JSON out.
--
-- in:  {writer: "typst" or "html", cells: [{place, notebook, folder, text}], name, title?, new_title?,
--      subtitle?, byline: [string], lang, bibliography?, preview?, strict}
-- out: {title, body, figures: see floats.lua, for Typst alone, problems: [sentence]}; the body is of use only if there
-- are no problems.
--
-- Each cell is read by itself, so that every problem has a place and no cell can swallow the next one. All that the
-- formats share comes first; only what a writer does with the parts is its own.

package.path = pandoc.path.join { pandoc.path.directory(arg[0]), '?.lua' }

local read = require 'reading'
local references = require 'references'
local shared = require 'shared'
local structure = require 'structure'

local parts = pandoc.List(shared.input.cells):map(function (cell)
  return { place = cell.place, notebook = cell.notebook, blocks = read(cell) }
end)

local own_title = structure.take_title(parts)
local title = shared.input.new_title or own_title
structure.raise_headings(parts)
structure.unique_identifiers(parts)
if references.resolve(parts) then references.cite_works(parts) end
references.resolve_links(parts, structure.anchor_notebooks(parts))
structure.mark_front(parts)
local body, figures = require(shared.input.writer)(parts, title)
io.write(pandoc.json.encode { title = title, body = body, figures = figures, problems = shared.problems })
