-- ARGV: token, living_ms, max_events, ending ('ended' or 'interrupted'), ended_at, frames_total.
-- Gives the state, or TAKEN.
local token, living_ms, max_events, ending, ended_at, frames_total = unpack(ARGV, 1, 6)

if redis.call('HGET', SLIDE, 'last_owner') == token then
  return redis.call('HGET', SLIDE, 'state')
end
if not owns(token) then
  return TAKEN
end

if frames_total ~= '' then
  redis.call('HSET', SLIDE, 'frames_total', frames_total)
end

local function number(field)
  return tonumber(redis.call('HGET', SLIDE, field))
end

local function complete()
  local seen = number('frames_seen')
  local settled = number('frames_counted') + number('frames_gated') + number('frames_rejected')
    + number('frames_skipped') + number('frames_failed')
  local waits = redis.call('HGET', SLIDE, 'live') == '0'
  local total = number('frames_total')
  return seen == settled and not (waits and total and seen ~= total)
end

local state = 'interrupted'
if ending == 'ended' then
  state = complete() and 'complete' or 'incomplete'
end
touch(tonumber(living_ms))
redis.call('HDEL', SLIDE, 'owner', 'owner_seen_ms', 'wanted', 'events_told')
redis.call('HSET', SLIDE, 'state', state, 'ended_at', ended_at, 'last_owner', token)
redis.call('DEL', STATUS, CONDITIONS)
tell(max_events, 'kind', 'state', 'text', state)
return state
