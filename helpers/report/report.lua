-- Cells of Markdown -> one Typst document. Run by `pandoc lua`; JSON in, JSON out.
--
-- in:  {cells: [{place, notebook, folder, text}], title?, name, lang, bibliography?, strict}
-- out: {title, body, problems: [sentence]}; the body is of use only if there are no problems.
--
-- Each cell is read by itself, so that every problem has a place and no cell can swallow the next one.

local stringify = pandoc.utils.stringify
local input = pandoc.json.decode(io.read 'a', false)

local problems, place = pandoc.List {}, nil
local function problem(sentence) problems:insert(place .. ': ' .. sentence) end

-- Jupyter's Markdown as near as pandoc comes to it, with pandoc's captions and citations on top.
local MARKDOWN = 'markdown+lists_without_preceding_blankline+autolink_bare_uris+tex_math_double_backslash'
  .. '-blank_before_header-yaml_metadata_block-pandoc_title_block-simple_tables-multiline_tables-grid_tables'
  .. '-fancy_lists-example_lists-definition_lists-line_blocks-latex_macros-native_divs-native_spans'
local UNFOLDED = pandoc.ReaderOptions { columns = 100000 } -- else a long table row would set column widths
local UNWRAPPED = pandoc.WriterOptions { wrap_text = 'none' }
local MAX_COLUMNS = 88 -- of code, as in text.py

-- Typst ------------------------------------------------------------------------------------------

local function raw(text) return pandoc.RawInline('typst', text) end
local function raw_block(text) return pandoc.RawBlock('typst', text) end

local function quoted(text)
  return '"' .. text:gsub('\\', '\\\\'):gsub('"', '\\"'):gsub('%s+', ' ') .. '"'
end

local function warned(...) -- the warnings that a call gives, and its result
  local messages, result = pandoc.log.silence(...)
  local readable = messages:map(function (m) return pandoc.json.decode(pandoc.json.encode(m), false) end)
  return readable:filter(function (m) return m.verbosity ~= 'INFO' end), result
end

local function written(blocks)
  local messages, text = warned(pandoc.write, pandoc.Pandoc(blocks), 'typst-citations', UNWRAPPED)
  for _, message in ipairs(messages) do problem(message.pretty) end
  return (text:gsub('%s+$', ''))
end

local function label_of(element)
  return element.identifier ~= '' and ' <' .. element.identifier .. '>' or ''
end

-- Mathematics: the writer's own markup, wrapped to carry the TeX source as alternative text ---------

local function grouped_digits(tex) -- 50{,}880 is one number, not a list of two
  return (tex:gsub('%d[%d{},.]*%d', function (number)
    return number:find('{,}', 1, true) and '\\text{' .. number:gsub('{,}', ',') .. '}' or nil
  end))
end

local function repaired(typst, tex) -- pandoc 3.9 writes names that Typst has renamed, wrong spaces and operators
  local limits = tex:match '\\operatorname%*' and ', limits: #true' or ''
  local function operator(before, text) -- \operatorname is bare text; \text is upright(text)
    if before ~= '(' and text:match '%a' then return before .. 'op(' .. text .. limits .. ')' end
  end
  return (typst:gsub('%.circle', '.o'):gsub('%f[%w.]sect%f[^%w]', 'inter')
    :gsub('#h%(0em%)', 'thick'):gsub('#h%(%-1em%)', '#h(-0.1667em)')
    :gsub('(.)("[^"]*")', operator)
    :gsub('#scale%(x: (%d+)%%, y: %d+%%%)%[(\\?.)%]', 'lr(size: #%1%%, %2)'))
end

local function equation(math)
  local label = math.text:match '\\label{([^}]*)}'
  local tex = math.text:gsub('\\label{[^}]*}', ''):gsub('^%s+', ''):gsub('%s+$', '')
  local plain = pandoc.Pandoc { pandoc.Plain { pandoc.Math(math.mathtype, grouped_digits(tex)) } }
  local messages, typst = warned(pandoc.write, plain, 'typst', UNWRAPPED)
  if #messages > 0 then problem('TeX that pandoc cannot convert: ' .. tex .. '\n  ' .. messages[1].message) end
  local body = 'alt: ' .. quoted(tex) .. ', ' .. repaired((typst:gsub("%s+$", "")), tex) .. '.body'
  if math.mathtype == 'InlineMath' then return raw('#math.equation(' .. body .. ');') end
  local numbering = label and 'numbering: "(1)", ' or ''
  return raw('#math.equation(block: true, ' .. numbering .. body .. ')' .. (label and ' <' .. label .. '>' or '') .. '\n')
end

-- Figures, tables, code ----------------------------------------------------------------------------

local function image(img)
  local width = img.attributes.width and ', width: ' .. img.attributes.width or ''
  return 'image(' .. quoted(img.src) .. ', alt: ' .. quoted(stringify(img.caption)) .. width .. ')'
end

local function placement(element)
  return element.attributes.placement and 'placement: ' .. element.attributes.placement .. ', ' or ''
end

local function figure(fig)
  local img, images = nil, 0
  fig.content:walk { Image = function (i) img, images = i, images + 1 end }
  if images ~= 1 then problem('a figure is one image, this one has ' .. images) return end
  local alt, caption = stringify(img.caption), fig.caption.long
  if alt == '' or alt == stringify(caption) then
    problem('the figure ' .. img.src .. ' has no alternative text; write ![caption](file){alt="what it shows"}')
  end
  local text = '#figure(' .. image(img) .. ', ' .. placement(fig) .. 'caption: [' .. written(caption) .. '])'
  return raw_block(text .. label_of(fig))
end

local ALIGNMENT = { AlignLeft = 'left', AlignRight = 'right', AlignCenter = 'center', AlignDefault = 'left' }

local function cells(row)
  return row.cells:map(function (cell) return '[' .. written(cell.contents) .. ']' end)
end

local function least_width(row) -- in letters: every column as wide as its longest word
  local width = 0
  for _, cell in ipairs(row.cells) do
    local longest = 0
    for word in stringify(cell.contents):gmatch '%S+' do longest = math.max(longest, utf8.len(word)) end
    width = width + longest + 2
  end
  return width
end

local function table_markup(tbl)
  local aligns = tbl.colspecs:map(function (spec) return ALIGNMENT[spec[1]] end)
  local lines = pandoc.List { 'columns: ' .. #aligns .. ', align: (' .. table.concat(aligns, ', ') .. ',)' }
  for _, row in ipairs(tbl.head.rows) do
    lines:insert('table.header(' .. table.concat(cells(row), ', ') .. ')')
  end
  for _, row in ipairs(tbl.bodies[1].body) do lines:insert(table.concat(cells(row), ', ')) end
  return 'table(' .. table.concat(lines, ',\n  ') .. ')'
end

local function numbered_table(tbl)
  local caption, markup = tbl.caption.long, table_markup(tbl)
  if #caption == 0 then return raw_block('#' .. markup) end
  local text = '#figure(kind: table, ' .. placement(tbl) .. 'caption: [' .. written(caption) .. '],\n  ' .. markup
    .. ')' .. label_of(tbl)
  if tbl.attributes.long then text = '#[#show figure: set block(breakable: true)\n' .. text .. '\n]' end
  return raw_block(text)
end

local function wrapped(line) -- into lines of MAX_COLUMNS, the later ones marked by an arrow
  local pieces = pandoc.List {}
  while utf8.len(line) > MAX_COLUMNS do
    local last = utf8.offset(line, MAX_COLUMNS + 1) - 1
    local space = line:sub(1, last):match '.*() '
    local cut = space and space > last // 2 and space or last
    pieces:insert(line:sub(1, cut))
    line = '↪ ' .. line:sub(cut + 1)
  end
  pieces:insert(line)
  return table.concat(pieces, '\n')
end

local function code(block)
  local language = block.classes[1] or 'text'
  local text = block.text:gsub('[^\n]+', wrapped)
  local literal = '"' .. text:gsub('\\', '\\\\'):gsub('"', '\\"') .. '"'
  return raw_block('#raw(block: true, lang: ' .. quoted(language:lower()) .. ', ' .. literal .. ')')
end

-- References -----------------------------------------------------------------------------------------

local KIND = { fig = 'Figure', tbl = 'Table', eq = 'Equation' }
local defined = {} -- label -> place

local function define(label)
  if defined[label] then problem('the label ' .. label .. ' is already given in ' .. defined[label]) end
  defined[label] = place
end

local function reference(id)
  local kind, name = id:match '^(%l+):(.+)$'
  if defined[id] then return raw('#ref(<' .. id .. '>);') end
  if input.strict then problem('a reference to ' .. id .. ', which no ' .. KIND[kind]:lower() .. ' has as its label') end
  return pandoc.Str(KIND[kind] .. ' ' .. name)
end

local function is_reference(citation)
  return KIND[citation.id:match '^(%l+):' or '']
end

local function joined(number, count)
  if number == 1 then return pandoc.Inlines {} end
  return number == count and pandoc.Inlines { pandoc.Space(), pandoc.Str 'and', pandoc.Space() }
    or pandoc.Inlines { pandoc.Str ',', pandoc.Space() }
end

local function citation_of_work(cite, works) -- left to citeproc, or its key in words if there is no bibliography
  for _, citation in ipairs(cite.citations) do
    if not works[citation.id] and (input.strict or input.bibliography) then
      problem('a citation of ' .. citation.id .. ', which is not in the bibliography')
    end
  end
  return not input.bibliography and cite.content or nil
end

local function references(cite, works)
  if not cite.citations:find_if(is_reference) then return citation_of_work(cite, works) end
  local inlines = pandoc.Inlines {}
  for number, citation in ipairs(cite.citations) do
    if not is_reference(citation) then problem('cite ' .. citation.id .. ' apart from figures and tables') return end
    inlines:extend(joined(number, #cite.citations))
    if #citation.prefix > 0 then inlines:extend(citation.prefix .. { pandoc.Space() }) end
    inlines:insert(reference(citation.id))
    inlines:extend(citation.suffix)
  end
  return inlines
end

-- Reading and checking a cell --------------------------------------------------------------------------

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
    problem('raw HTML, which a PDF cannot show: ' .. element.text .. '; write Markdown')
  else
    problem('TeX outside mathematics: ' .. element.text:sub(1, 60) .. '; put it between $ or $$')
  end
end

local function checks(cell)
  return {
    RawInline = refuse_raw,
    RawBlock = refuse_raw,
    Image = function (img)
      local copy = local_copy(img.src, cell.folder)
      if not copy then problem('there is no image ' .. img.src) end
      img.src = copy or img.src
      return img
    end,
    Figure = function (fig) if fig.identifier ~= '' then define(fig.identifier) end end,
    Table = function (tbl)
      if tbl.identifier ~= '' then define(tbl.identifier) end
      for _, row in ipairs(tbl.bodies[1].body) do
        if least_width(row) > MAX_COLUMNS then problem('a table is wider than the page: ' .. stringify(row.cells[1].contents)) return end
      end
    end,
    Math = function (math)
      local label = math.text:match '\\label{([^}]*)}'
      if label then define(label) end
    end,
  }
end

local function check_dollars(blocks, source)
  local written_out, meant = 0, select(2, source:gsub('\\%$', ''))
  blocks:walk { Str = function (str) written_out = written_out + select(2, str.text:gsub('%$', '')) end }
  if written_out > meant then
    problem 'a $ that begins no mathematics: no space just inside $...$, no empty line in $$...$$; a dollar is \\$'
  end
end

local function read(cell)
  place = cell.place
  local messages, doc = warned(pandoc.read, cell.text, MARKDOWN, UNFOLDED)
  for _, message in ipairs(messages) do problem(message.pretty) end
  check_dollars(doc.blocks, cell.text)
  return doc.blocks:walk(checks(cell))
end

-- The document: title, front matter, chapters ---------------------------------------------------------

local parts = pandoc.List(input.cells):map(function (cell)
  return { place = cell.place, notebook = cell.notebook, blocks = read(cell) }
end)

local function each_heading(visit) -- visit(header, blocks, index) until it returns true
  for _, part in ipairs(parts) do
    for index, block in ipairs(part.blocks) do
      if block.t == 'Header' and visit(block, part.blocks, index) then return end
    end
  end
end

local function take_title() -- the first heading, if it is the title already
  local title = input.title
  each_heading(function (header, blocks, index)
    if header.level == 1 and (not title or stringify(header) == title) then
      title = stringify(header)
      blocks:remove(index)
    end
    return true
  end)
  return title or input.name
end

local function raise_headings() -- to level 1, if the title was the only heading of that level
  local least = 9
  each_heading(function (header) least = math.min(least, header.level) end)
  each_heading(function (header) header.level = header.level - least + 1 end)
end

local function mark_chapters() -- the first one ends the front matter, a later one waits for no figure of the last
  local mark = '#show: chapters'
  for _, part in ipairs(parts) do
    local marked = pandoc.Blocks {}
    for _, block in ipairs(part.blocks) do
      local heading = block.t == 'Header'
      if heading and block.level == 1 then
        marked:insert(raw_block(mark))
        mark = '#place.flush()'
      elseif heading and mark == '#show: chapters' then
        place = part.place
        block = raw_block('#front-heading[' .. written { pandoc.Plain(block.content) } .. ']')
      end
      marked:insert(block)
    end
    part.blocks = marked
  end
end

-- Figures float, so that no page is left half empty: to the top or foot of a page, but not above the heading of
-- their chapter nor below that of the next. A short table stays where it is written, and so does a long one,
-- which may break over pages.

local A_PAGE, A_THIRD = 3000, 1000 -- letters
local SHORT_TABLE, LONG_TABLE = 9, 22 -- lines

local function table_lines(tbl)
  local lines = 1
  for _, row in ipairs(tbl.bodies[1].body) do
    local letters = 0
    for _, cell in ipairs(row.cells) do letters = letters + #stringify(cell.contents) end
    lines = lines + 1 + letters // 90
  end
  return lines
end

local function may_float(block)
  if block.t == 'Figure' then return true end
  if block.t ~= 'Table' then return false end
  local lines = table_lines(block)
  if lines > LONG_TABLE then block.attributes.long = 'yes' end
  return lines > SHORT_TABLE and lines <= LONG_TABLE
end

local function settle(floats, chapter_letters)
  for _, float in ipairs(floats) do
    local near_the_end = chapter_letters - float.letters < A_THIRD
    local near_the_start = float.letters < A_PAGE
    float.block.attributes.placement = near_the_end and 'none' or near_the_start and 'bottom' or 'auto'
  end
end

local function place_floats()
  local letters, floats = 0, nil -- nothing floats in the front matter
  for _, part in ipairs(parts) do
    for _, block in ipairs(part.blocks) do
      if block.t == 'Header' and block.level == 1 then
        settle(floats or {}, letters)
        letters, floats = 0, pandoc.List {}
      end
      if may_float(block) and floats then floats:insert { block = block, letters = letters } end
      letters = letters + #stringify(block)
    end
  end
  settle(floats or {}, letters)
end

local function unique_identifiers() -- of headings: each cell was read by itself
  local taken = {}
  each_heading(function (header)
    if taken[header.identifier] then header.identifier = '' end
    taken[header.identifier] = true
  end)
end

-- Citations and the list of works cited ------------------------------------------------------------------

local meta = {
  bibliography = input.bibliography,
  lang = input.lang,
  ['link-citations'] = true,
  ['reference-section-title'] = 'References',
}

local function works_known() -- set of the keys in the bibliography
  local works = {}
  if not input.bibliography then return works end
  local everything = pandoc.Cite({}, { pandoc.Citation('*', 'NormalCitation') })
  local doc = pandoc.Pandoc({}, meta)
  doc.meta.nocite = pandoc.MetaInlines { everything }
  for _, work in ipairs(pandoc.utils.references(doc)) do works[work.id] = true end
  return works
end

local function resolve_references()
  local works, cites = works_known(), false
  for _, part in ipairs(parts) do
    place = part.place
    part.blocks = part.blocks:walk { Cite = function (cite)
      local resolved = references(cite, works)
      cites = cites or not resolved
      return resolved
    end }
  end
  return cites
end

local function cite_works() -- replaces the citations in all parts and adds a part with the works cited
  local doc = pandoc.Pandoc({}, meta)
  for _, part in ipairs(parts) do doc.blocks:insert(pandoc.Div(part.blocks)) end
  place = input.bibliography
  local messages, result = warned(pandoc.utils.citeproc, doc)
  for _, message in ipairs(messages) do problem(message.pretty) end
  for index, part in ipairs(parts) do part.blocks = result.blocks[index].content end
  local works = pandoc.Blocks { table.unpack(result.blocks, #parts + 1) }
  parts:insert { place = 'the list of references', blocks = works }
end

-- Writing --------------------------------------------------------------------------------------------------

local function work_cited(div)
  if div.identifier:match '^ref%-' then return raw_block('#work-cited[' .. written(div.content) .. ']' .. label_of(div)) end
  if div.identifier == 'refs' then return div.content end
end

local function link(element) -- to a notebook of this report: to its first page
  local name = element.target:match '^([^#:/]+%.ipynb)'
  for _, part in ipairs(parts) do
    if name and part.notebook == name then
      return raw('#link(<' .. name .. '>)[' .. written { pandoc.Plain(element.content) } .. '];')
    end
  end
  if name then return element.content end
end

local to_typst = {
  Math = equation,
  Link = link,
  Figure = figure,
  Table = numbered_table,
  CodeBlock = code,
  Div = work_cited,
  HorizontalRule = function () return raw_block '#horizontal-rule' end,
}

local function body()
  local lines, notebook = pandoc.List {}, nil
  for _, part in ipairs(parts) do
    place = part.place
    lines:insert('// ' .. place)
    if part.notebook and part.notebook ~= notebook then
      lines:insert('#metadata(none) <' .. part.notebook .. '>')
    end
    notebook = part.notebook
    local blocks = part.blocks:walk(to_typst):walk { Image = function (img) return raw('#box(' .. image(img) .. ');') end }
    lines:insert(written(blocks) .. '\n')
  end
  return table.concat(lines, '\n')
end

local title = take_title()
raise_headings()
unique_identifiers()
place_floats()
if resolve_references() then cite_works() end
mark_chapters()
local typst = body()
io.write(pandoc.json.encode { title = title, body = typst, problems = problems })
