-- Reading a cell's Markdown, and refusing what would be lost.

local references = require 'references'
local mathematics = require 'mathematics'
local shared = require 'shared'
local tables = require 'tables'

-- Jupyter's Markdown as near as pandoc comes to it, with pandoc's captions and citations on top.
local MARKDOWN = 'markdown+lists_without_preceding_blankline+autolink_bare_uris+tex_math_double_backslash'
  .. '-blank_before_header-yaml_metadata_block-pandoc_title_block-simple_tables-multiline_tables-grid_tables'
  .. '-fancy_lists-example_lists-definition_lists-line_blocks-latex_macros-native_divs-native_spans'
local UNFOLDED = pandoc.ReaderOptions { columns = 100000 } -- else a long table row would set column widths

local MAX_TABLE_WIDTH = 92 -- letters, about

local images_copied = 0

local function local_copy(src, folder) -- the file's name below the build folder, or nil
  local name = src:gsub('%%(%x%x)', function (hex) return string.char(tonumber(hex, 16)) end)
  if name:match '^media/' then return name end
  local file = io.open(pandoc.path.is_absolute(name) and name or pandoc.path.join { folder, name }, 'rb')
  if not file then return end
  images_copied = images_copied + 1
  local copy = 'media/image-' .. images_copied .. select(2, pandoc.path.split_extension(name))
  local target = io.open(copy, 'wb')
  target:write(file:read 'a')
  target:close()
  file:close()
  return copy
end

local function refuse_raw(element)
  if element.format == 'html' then
    if element.text:match '^<!%-%-' then return {} end
    shared.problem('raw HTML, which the report cannot show: ' .. element.text .. '; write Markdown')
  else
    shared.problem('TeX outside mathematics: ' .. element.text:sub(1, 60) .. '; put it between $ or $$')
  end
end

local function check_figure(fig) -- of one image, with more to say of it than the caption says
  local images = pandoc.List {}
  fig.content:walk { Image = function (img) images:insert(img) end }
  if #images ~= 1 then return shared.problem('a figure is one image, this one has ' .. #images) end
  if pandoc.utils.stringify(images[1].caption) == pandoc.utils.stringify(fig.caption.long) then
    shared.problem('the figure ' .. images[1].src .. ' has no alternative text: ![caption](file){alt="what it shows"}')
  end
  if fig.identifier ~= '' then references.define(fig.identifier) end
end

local function checks(cell)
  return {
    RawInline = refuse_raw,
    RawBlock = refuse_raw,
    Image = function (img)
      local copy = local_copy(img.src, cell.folder)
      if not copy then shared.problem('there is no image ' .. img.src) end
      if pandoc.utils.stringify(img.caption) == '' then shared.problem(img.src .. ' has no alternative text') end
      img.src = copy or img.src
      return img
    end,
    Figure = check_figure,
    Table = function (tbl)
      if tbl.identifier ~= '' then references.define(tbl.identifier) end
      if tables.least_width(tbl) > MAX_TABLE_WIDTH then shared.problem 'a table is wider than the page' end
    end,
    Math = function (math)
      local label = mathematics.label(math)
      if label then references.define(label) end
    end,
  }
end

local function check_dollars(blocks, source)
  local written_out, meant = 0, select(2, source:gsub('\\%$', ''))
  blocks:walk { Str = function (str) written_out = written_out + select(2, str.text:gsub('%$', '')) end }
  if written_out > meant then
    shared.problem 'a $ that begins no mathematics: no space just inside $...$, no empty line in $$...$$; a dollar is \\$'
  end
end

return function (cell)
  shared.place = cell.place
  local doc = shared.checked(pandoc.read, cell.text, MARKDOWN, UNFOLDED)
  check_dollars(doc.blocks, cell.text)
  return doc.blocks:walk(checks(cell))
end
