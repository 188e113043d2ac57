-- ARGV: mode, token, living_ms, max_events, started_at, then name and value of each SlideInfo field.
-- Gives {'ok'}, {'taken'}, {'exists'} or {'differs', field, what it was}.
local mode, token, living_ms, max_events, started_at = unpack(ARGV, 1, 5)
local FIXED = { source = true, model_id = true, threshold = true }
local COUNTERS = {
  'cells', 'flagged', 'unscored', 'fields', 'frames_seen', 'frames_counted', 'frames_gated',
  'frames_rejected', 'frames_skipped', 'frames_failed', 'counting_ms',
}

if owns(token) then
  return { 'ok' }
end

local exists = redis.call('EXISTS', SLIDE) == 1
if lives(living_ms) then
  return { 'taken' }
end
if exists and mode == 'new' then
  return { 'exists' }
end
if exists and mode == 'resume' then
  for i = 6, #ARGV, 2 do
    local was = redis.call('HGET', SLIDE, ARGV[i])
    if FIXED[ARGV[i]] and was ~= ARGV[i + 1] then
      return { 'differs', ARGV[i], was }
    end
  end
end

if exists and mode == 'replace' then
  for _, key in ipairs(KEYS) do
    -- What was done to the slide before is not forgotten.
    if key ~= AUDIT then
      redis.call('DEL', key)
    end
  end
  exists = false
end
if not exists then
  redis.call('HSET', SLIDE, 'started_at', started_at, unpack(ARGV, 6))
  for _, counter in ipairs(COUNTERS) do
    redis.call('HSET', SLIDE, counter, 0)
  end
end
for i = 6, #ARGV, 2 do
  if ARGV[i] == 'frames_total' then
    redis.call('HSET', SLIDE, 'frames_total', ARGV[i + 1])
  end
end
redis.call('HDEL', SLIDE, 'ended_at', 'last_owner', 'events_told')
redis.call('DEL', CONDITIONS)
redis.call('HSET', SLIDE, 'state', 'counting', 'wanted', 'counting', 'owner', token,
  'owner_seen_ms', string.format('%.0f', now_ms()))
tell(max_events, 'kind', 'state', 'text', exists and 'resumed' or 'begun')
return { 'ok' }
