-- What every part of the conversion needs: the request, the list of problems, markup.

local shared = {
  input = pandoc.json.decode(io.read 'a', false),
  problems = pandoc.List {},
  place = nil, -- notebook and cell at work, for messages
  MAX_COLUMNS = 88, -- of code, as in text.py
}

local UNWRAPPED = pandoc.WriterOptions { wrap_text = 'none' }

function shared.problem(sentence) shared.problems:insert(shared.place .. ': ' .. sentence) end

function shared.raw(text) return pandoc.RawInline('typst', text) end

function shared.raw_block(text) return pandoc.RawBlock('typst', text) end

function shared.literal(text) return '"' .. text:gsub('\\', '\\\\'):gsub('"', '\\"') .. '"' end

function shared.one_line(text) return shared.literal((text:gsub('%s+', ' '))) end

function shared.label_of(element)
  return element.identifier ~= '' and ' <' .. element.identifier .. '>' or ''
end

function shared.warned(...) -- the warnings that a call gives, and its result
  local messages, result = pandoc.log.silence(...)
  local readable = messages:map(function (m) return pandoc.json.decode(pandoc.json.encode(m), false) end)
  return readable:filter(function (m) return m.verbosity ~= 'INFO' end), result
end

function shared.checked(...) -- the result of a call whose warnings are problems
  local messages, result = shared.warned(...)
  for _, message in ipairs(messages) do shared.problem(message.pretty) end
  return result
end

function shared.as_typst(blocks)
  return (pandoc.write(pandoc.Pandoc(blocks), 'typst-citations', UNWRAPPED):gsub('%s+$', ''))
end

function shared.attribute(text) -- as it stands between the quotation marks of HTML
  return (text:gsub('%s+', ' '):gsub('[&<>"]', { ['&'] = '&amp;', ['<'] = '&lt;', ['>'] = '&gt;', ['"'] = '&quot;' }))
end

function shared.written(blocks) return shared.checked(shared.as_typst, blocks) end

return shared
