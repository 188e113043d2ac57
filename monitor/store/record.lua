-- ARGV: token, max_events, then number, outcome, reason, record ('' for none), event text ('' for
-- no event) and name of each frame. Gives how many of them had no outcome yet.
if not owns(ARGV[1]) then
  return TAKEN
end
local fresh = 0
for i = 3, #ARGV, 6 do
  local number, outcome, reason, record, text, name = unpack(ARGV, i, i + 5)
  if settle(number) then
    fresh = fresh + 1
    count('frames_' .. outcome, 1)
    count('frames_' .. outcome .. ':' .. reason, 1)
    if record ~= '' then
      redis.call('HSET', FIELDS, number, record)
    end
    if text ~= '' then
      tell(ARGV[2], 'kind', outcome, 'number', number, 'name', name, 'reason', reason, 'text', text)
    end
  end
end
return fresh
