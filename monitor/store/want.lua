-- ARGV: living_ms, what is wanted ('counting', 'paused' or 'finished'). Gives {'ok'}, {'missing'},
-- {'ended', state, source} where no capture counts the slide, or {'finishing'}.
local living_ms, wanted = unpack(ARGV, 1, 2)
if redis.call('EXISTS', SLIDE) == 0 then
  return { 'missing' }
end
if not lives(living_ms) then
  local state, source = unpack(redis.call('HMGET', SLIDE, 'state', 'source'))
  return { 'ended', state, source }
end
if redis.call('HGET', SLIDE, 'wanted') == 'finished' and wanted ~= 'finished' then
  return { 'finishing' }
end
redis.call('HSET', SLIDE, 'wanted', wanted)
return { 'ok' }
