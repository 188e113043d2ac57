-- ARGV: token, living_ms, max_events, state ('counting' or 'paused'), then name and value of each
-- status figure. Gives what is wanted of the slide, or TAKEN.
local token, living_ms, max_events, state = unpack(ARGV, 1, 4)
if not owns(token) then
  return TAKEN
end
touch(tonumber(living_ms))
if redis.call('HGET', SLIDE, 'state') ~= state then
  redis.call('HSET', SLIDE, 'state', state)
  tell(max_events, 'kind', 'state', 'text', state)
end
redis.call('DEL', STATUS)
if #ARGV > 4 then
  redis.call('HSET', STATUS, unpack(ARGV, 5))
  redis.call('PEXPIRE', STATUS, living_ms)
end

local KNOWN = { counting = true, paused = true, finished = true }
local wanted = redis.call('HGET', SLIDE, 'wanted') or state
if not KNOWN[wanted] then
  tell(max_events, 'kind', 'unknown_wish', 'text', 'wanted is none of counting, paused, finished')
  redis.call('HSET', SLIDE, 'wanted', state)
  wanted = state
end
return wanted
