-- References: labels of figures, tables and equations become links of class reference, without text as yet, and keys
-- of works go through citeproc.

local shared = require 'shared'
local references = {}

local KIND = { fig = 'Figure', tbl = 'Table', eq = 'Equation' }
local defined = {} -- label -> place

function references.define(label)
  if defined[label] then shared.problem('the label ' .. label .. ' is already given in ' .. defined[label]) end
  defined[label] = shared.place
end

local function reference(id)
  local kind, name = id:match '^(%l+):(.+)$'
  if defined[id] then return pandoc.Link({}, '#' .. id, '', pandoc.Attr('', { 'reference' })) end
  if shared.input.strict then
    shared.problem('a reference to ' .. id .. ', which no ' .. KIND[kind]:lower() .. ' has as its label')
  end
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
    if not works[citation.id] and (shared.input.strict or shared.input.bibliography) then
      shared.problem('a citation of ' .. citation.id .. ', which is not in the bibliography')
    end
  end
  return not shared.input.bibliography and cite.content or nil
end

local function resolved(cite, works)
  if not cite.citations:find_if(is_reference) then return citation_of_work(cite, works) end
  local inlines = pandoc.Inlines {}
  for number, citation in ipairs(cite.citations) do
    if not is_reference(citation) then
      return shared.problem('cite ' .. citation.id .. ' in brackets of its own, apart from figures and tables')
    end
    inlines:extend(joined(number, #cite.citations))
    if #citation.prefix > 0 then inlines:extend(citation.prefix .. { pandoc.Space() }) end
    inlines:insert(reference(citation.id))
    inlines:extend(citation.suffix)
  end
  return inlines
end

local meta = {
  bibliography = shared.input.bibliography,
  lang = shared.input.lang,
  ['link-citations'] = true,
  ['reference-section-title'] = 'References',
}

local function works_known() -- set of the keys in the bibliography
  local works = {}
  if not shared.input.bibliography then return works end
  local everything = pandoc.Cite({}, { pandoc.Citation('*', 'NormalCitation') })
  local doc = pandoc.Pandoc({}, meta)
  doc.meta.nocite = pandoc.MetaInlines { everything }
  for _, work in ipairs(pandoc.utils.references(doc)) do works[work.id] = true end
  return works
end

function references.resolve(parts) -- true if works are cited
  local works, cites = works_known(), false
  for _, part in ipairs(parts) do
    shared.place = part.place
    part.blocks = part.blocks:walk { Cite = function (cite)
      local inlines = resolved(cite, works)
      cites = cites or not inlines
      return inlines
    end }
  end
  return cites
end

function references.cite_works(parts) -- replaces the citations in all parts and adds a part with the works cited
  local doc = pandoc.Pandoc({}, meta)
  for _, part in ipairs(parts) do doc.blocks:insert(pandoc.Div(part.blocks)) end
  shared.place = shared.input.bibliography
  local result = shared.checked(pandoc.utils.citeproc, doc)
  for index, part in ipairs(parts) do part.blocks = result.blocks[index].content end
  local works = pandoc.Blocks { table.unpack(result.blocks, #parts + 1) }
  parts:insert { place = 'the list of references', blocks = works }
end

local function identifiers(parts) -- set of what a link can lead to
  local known = {}
  local function note(element)
    if element.identifier then known[element.identifier] = true end
  end
  for label in pairs(defined) do known[label] = true end
  for _, part in ipairs(parts) do part.blocks:walk { Block = note, Inline = note } end
  return known
end

function references.resolve_links(parts, anchors) -- to a notebook of this report: to its anchor; elsewhere: in words
  local known = identifiers(parts)
  local function resolved_link(link)
    local name = link.target:gsub('%%20', ' '):match '^([^#:/]+%.ipynb)'
    local section = link.target:match '^#(.*)'
    if name and anchors[name] then
      link.target = '#' .. anchors[name]
      return link
    end
    if section and not known[section] and shared.input.strict then
      shared.problem('a link to ' .. link.target .. ', which no heading has as its identifier')
    end
    if name or section and not known[section] then return link.content end
  end
  for _, part in ipairs(parts) do
    shared.place = part.place
    part.blocks = part.blocks:walk { Link = resolved_link }
  end
end

return references
