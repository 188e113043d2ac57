-- ARGV: token, max_events, number of the event (they count up from 1), kind, text, at, cleared
-- ('' for what is no condition, '0': it is there from now on, '1': it is over).
-- Gives 1, or 0 where the event was told before.
local token, max_events, number, kind, text, at, cleared = unpack(ARGV, 1, 7)
if not owns(token) then
  return TAKEN
end
if tonumber(redis.call('HGET', SLIDE, 'events_told') or 0) >= tonumber(number) then
  return 0
end
redis.call('HSET', SLIDE, 'events_told', number)
if cleared == '' then
  tell(max_events, 'kind', kind, 'text', text, 'at', at)
  return 1
end
if cleared == '0' then
  redis.call('HSET', CONDITIONS, kind, text)
else
  redis.call('HDEL', CONDITIONS, kind)
end
tell(max_events, 'kind', kind, 'text', text, 'at', at, 'cleared', cleared)
return 1
