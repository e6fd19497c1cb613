-- Figures float, so that no page is left half empty, but never above the heading of their own chapter nor below
-- that of the next one. One right below a heading stays there; so does a short table, and a long one, which may
-- break over pages.

local tables = require 'tables'

local A_PAGE, A_THIRD = 3000, 1000 -- letters
local SHORT_TABLE, LONG_TABLE, LONG_AT_THE_END = 9, 28, 20 -- lines

local function may_float(block)
  if block.t == 'Figure' then return true end
  if block.t ~= 'Table' then return false end
  local lines = tables.lines(block)
  if lines > LONG_TABLE then block.attributes.long = 'yes' end
  return lines > SHORT_TABLE and lines <= LONG_TABLE
end

local function placement(float, chapter_letters)
  local near_the_start = float.letters < A_PAGE
  local near_the_end = chapter_letters - float.letters < A_THIRD
  if near_the_end and float.block.t == 'Table' and tables.lines(float.block) > LONG_AT_THE_END then
    float.block.attributes.long = 'yes'
    return 'none'
  end
  if near_the_start and near_the_end then return 'none' end
  return near_the_start and 'bottom' or near_the_end and 'top' or 'auto'
end

local function settle(floats, chapter_letters)
  for _, float in ipairs(floats) do
    float.block.attributes.placement = placement(float, chapter_letters)
  end
end

return function (parts)
  local letters, floats, below_heading = 0, nil, false -- letters of text in the chapter; nothing floats in the front matter
  for _, part in ipairs(parts) do
    for _, block in ipairs(part.blocks) do
      if block.t == 'Header' and block.level == 1 then
        settle(floats or {}, letters)
        letters, floats = 0, pandoc.List {}
      end
      if may_float(block) and floats and not below_heading then floats:insert { block = block, letters = letters } end
      if block.t ~= 'Figure' and block.t ~= 'Table' then letters = letters + #pandoc.utils.stringify(block) end
      below_heading = block.t == 'Header'
    end
  end
  settle(floats or {}, letters)
end
