-- Figures float to the top of a page, so that none is left half empty; but one right below a heading stays there, and
-- arrangement.py keeps those back that would come to stand in a wrong place. Tables stay where they are; a long one may
-- break over pages.

local tables = require 'tables'

local LONG_TABLE = 8 -- lines

return function (parts) -- numbers the figures; list of {chapter, placement} of each, chapter 0 being the front matter
  local floats, chapter, below_heading = pandoc.List {}, 0, false
  for _, part in ipairs(parts) do
    for _, block in ipairs(part.blocks) do
      if block.t == 'Header' and block.level == 1 and not block.classes:includes 'front' then chapter = chapter + 1 end
      if block.t == 'Table' and tables.lines(block) > LONG_TABLE then block.attributes.long = 'yes' end
      if block.t == 'Figure' then
        floats:insert { chapter = chapter, placement = (chapter == 0 or below_heading) and 'none' or 'top' }
        block.attributes.number = tostring(#floats)
      end
      below_heading = block.t == 'Header'
    end
  end
  return floats
end
