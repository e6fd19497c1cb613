-- The parts as one web page, whose look is in report.html5. Images, numbers and contents are in the page itself.

local mathematics = require 'mathematics'
local shared = require 'shared'
local tables = require 'tables'

local IMAGE_TYPE = {
  svg = 'image/svg+xml', png = 'image/png', jpg = 'image/jpeg', jpeg = 'image/jpeg', gif = 'image/gif', webp = 'image/webp',
}

local function content(path) -- nil if there is no such file
  local file = io.open(path, 'rb')
  if not file then return end
  local text = file:read 'a'
  file:close()
  return text
end

local function raw(text) return pandoc.RawInline('html', text) end

local function raw_block(text) return pandoc.RawBlock('html', text) end

-- Numbers, counted as Typst counts: every figure, every table with a caption, every equation with a label.

local count, numbers = { Figure = 0, Table = 0, Equation = 0 }, {} -- label -> "Figure 3"

local function numbered(kind, label)
  count[kind] = count[kind] + 1
  local name = kind .. '\u{a0}' .. (kind == 'Equation' and '(' .. count[kind] .. ')' or count[kind])
  if label ~= '' then numbers[label] = name end
  return name
end

local function number_caption(element)
  if #element.caption.long == 0 then return end
  local name = pandoc.Strong(numbered(element.t, element.identifier) .. '.')
  element.caption.long[1].content:insert(1, name)
  element.caption.long[1].content:insert(2, pandoc.Space())
  return element
end

local to_numbered = {
  Figure = number_caption,
  Table = number_caption,
  Math = function (math)
    local label = mathematics.label(math)
    if label then numbered('Equation', label) end
  end,
}

-- Elements

local function image(img)
  local extension = select(2, pandoc.path.split_extension(img.src)):sub(2):lower()
  if not IMAGE_TYPE[extension] then return shared.problem('an image that no browser shows: ' .. img.src) end
  local data = content(img.src)
  if not data then return end -- the problem is noted
  img.src = pandoc.mediabag.make_data_uri(IMAGE_TYPE[extension], data)
  return img
end

local function equation(math)
  local mathml = mathematics.mathml(math)
  if math.mathtype == 'InlineMath' then return raw(mathml) end
  local label = mathematics.label(math)
  local id = label and ' id="' .. label .. '"' or ''
  local number = label and numbers[label]:match '%b()' or ''
  return raw('<span class="equation"' .. id .. '><span>' .. mathml .. '</span>' .. number .. '</span>')
end

local function mark_cells(tbl) -- headers say what they head; prose may be broken, a number never
  local columns = tables.columns(tbl)
  for _, row in ipairs(tbl.head.rows) do
    for _, cell in ipairs(row.cells) do cell.attributes.scope = 'col' end
  end
  for _, row in ipairs(tbl.bodies[1].body) do
    for number, cell in ipairs(row.cells) do
      if columns[number].flexible then cell.classes:insert 'prose' end
    end
  end
end

local function scrolling(caption, blocks) -- what is wider than a phone scrolls in its own box
  local name = #caption > 0 and shared.attribute(pandoc.utils.stringify(caption)) or 'Table'
  local box = pandoc.Blocks { raw_block('<div class="scroll" tabindex="0" role="region" aria-label="' .. name .. '">') }
  box:extend(blocks)
  box:insert(raw_block '</div>')
  return box
end

local MEASURE = 31 -- rem, as in report.html5

local function scrolling_figure(fig) -- so that its letters are never smaller than on a wide screen
  local content = fig.content:walk { Image = function (img)
    local percent = tonumber((img.attributes.width or ''):match '^([%d.]+)%%$')
    if not percent then return end
    img.attributes.width = nil
    img.attributes.style = string.format('width:%g%%;min-width:%grem', percent, MEASURE * percent / 100)
    return img
  end }
  fig.content = scrolling(fig.caption.long, content)
  return fig
end

local function scrolling_table(tbl)
  mark_cells(tbl)
  local caption, label = tbl.caption.long, tbl.identifier
  tbl.caption, tbl.identifier = {}, ''
  local box = scrolling(caption, { tbl })
  if #caption == 0 then return box end
  local id = label ~= '' and ' id="' .. label .. '"' or ''
  local blocks = pandoc.Blocks { raw_block('<figure' .. id .. '><figcaption>') }
  for _, more in ipairs { caption, { raw_block '</figcaption>' }, box, { raw_block '</figure>' } } do blocks:extend(more) end
  return blocks
end

local to_html = {
  Math = equation,
  Image = image,
  Figure = scrolling_figure,
  Table = scrolling_table,
  Link = function (link)
    if link.classes:includes 'reference' then link.content = { pandoc.Str(numbers[link.target:sub(2)]) } end
    return link
  end,
  Header = function (header) -- the title alone is of level 1
    header.level = header.classes:includes 'front' and 2 or header.level + 1
    return header
  end,
}

-- Contents: chapters and their sections, in front of the first chapter

local function entry(header)
  local text = header.content:walk { Link = function (link) return link.content end, Note = function () return {} end }
  return pandoc.Plain { pandoc.Link(text, '#' .. header.identifier) }
end

local function contents(parts)
  local chapters, headings = pandoc.List {}, 0
  for _, part in ipairs(parts) do
    for _, block in ipairs(part.blocks) do
      local level = block.t == 'Header' and not block.classes:includes 'front' and block.level
      headings = headings + (level and 1 or 0)
      if level == 1 then chapters:insert { entry(block), pandoc.List {} } end
      if level == 2 then chapters[#chapters][2]:insert { entry(block) } end
    end
  end
  if headings <= 2 then return {} end
  local items = chapters:map(function (chapter)
    return #chapter[2] > 0 and { chapter[1], pandoc.BulletList(chapter[2]) } or { chapter[1] }
  end)
  return { raw_block '<nav aria-label="Contents">', pandoc.BulletList(items), raw_block '</nav>' }
end

local function insert_contents(parts)
  local inserted = contents(parts)
  for _, part in ipairs(parts) do
    local _, first = part.blocks:find_if(function (block) return block.t == 'Header' and block.level == 1 end)
    if first then
      for index, block in ipairs(inserted) do part.blocks:insert(first + index - 1, block) end
      return
    end
  end
end

local function page(blocks, title)
  local about = { title = title }
  for _, name in ipairs { 'lang', 'subtitle', 'byline', 'preview' } do about[name] = shared.input[name] end
  local template = content(pandoc.path.join { pandoc.path.directory(arg[0]), '..', 'report.html5' })
  local options = pandoc.WriterOptions { wrap_text = 'none', template = pandoc.template.compile(template) }
  shared.place = 'the report'
  return shared.checked(pandoc.write, pandoc.Pandoc(blocks, about), 'html5', options)
end

return function (parts, title)
  insert_contents(parts)
  for _, part in ipairs(parts) do part.blocks = part.blocks:walk(to_numbered) end
  local blocks = pandoc.Blocks {}
  for _, part in ipairs(parts) do
    shared.place = part.place
    if part.anchor then blocks:insert(pandoc.Div({}, pandoc.Attr(part.anchor))) end
    blocks:extend(part.blocks:walk(to_html))
  end
  return page(blocks, title)
end
