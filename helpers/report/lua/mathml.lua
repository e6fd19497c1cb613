-- MathML as pandoc writes it, repaired as TeX would set it. A node is {tag, opening, parts}, its parts nodes and text.

local THIN = '<mspace width="0.167em"></mspace>'
local WITH_SCRIPTS = { msub = true, msup = true, msubsup = true, munder = true, mover = true, munderover = true }

local function parsed(mathml)
  local open = pandoc.List { { parts = {} } }
  for text, closing, tag, rest in mathml:gmatch '([^<]*)<(/?)(%a+)([^>]*)>' do
    local inside = open[#open].parts
    if text ~= '' then table.insert(inside, text) end
    if closing == '/' then
      open:remove()
    else
      local node = { tag = tag, opening = '<' .. tag .. rest .. '>', parts = {} }
      table.insert(inside, node)
      open:insert(node)
    end
  end
  return open[1]
end

local function is_function(node) -- exp, max, and either with its scripts
  if WITH_SCRIPTS[node.tag] then return is_function(node.parts[1]) end
  if node.tag == 'mrow' then return #node.parts == 2 and node.parts[2].parts[1] == '&#8289;' end
  return node.tag == 'mi' and (node.parts[1] or ''):match '^%a%a' ~= nil
end

local function takes_space(node) return node and node.tag ~= 'mo' and node.tag ~= 'mspace' end

local function written(node)
  if type(node) == 'string' then return node end
  local fixed = WITH_SCRIPTS[node.tag] or node.tag == 'mfrac' or node.tag == 'mroot' -- no space between their parts
  local texts = pandoc.List {}
  for index, part in ipairs(node.parts) do
    local before, after = node.parts[index - 1], node.parts[index + 1]
    local spaced = not fixed and type(part) == 'table' and is_function(part)
    if spaced and takes_space(before) and not is_function(before) then texts:insert(THIN) end
    texts:insert(written(part))
    if spaced and takes_space(after) then texts:insert(THIN) end
  end
  local content = table.concat(texts)
  return node.tag and node.opening .. content .. '</' .. node.tag .. '>' or content
end

return function (mathml) -- thin spaces about functions; norms without any; equations in rows at full size
  return (written(parsed(mathml))
    :gsub('<mo [^>]*>∥</mo>', '<mo lspace="0" rspace="0" stretchy="false">‖</mo>')
    :gsub('<mtable>(<mtr><mtd columnalign="right")', '<mtable displaystyle="true">%1'))
end
