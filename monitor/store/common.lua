-- Put before every script. All keys of a slide arrive as KEYS, in the order of SlideKeys.
local SLIDE, SEEN, DONE, FIELDS, SCORES, BOXES, FLAGGED, FLAGGED_CELLS, EVENTS, STATUS, CONDITIONS, MAP,
  AUDIT, SAMPLED, SAMPLED_CELLS, REVIEWS, REVIEW_LOG, REVIEW_IDS, REVIEWERS = unpack(KEYS)

local TAKEN = -1

-- The server's clock, in milliseconds of Unix time.
local function now_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- Whether a capture owns the slide and was heard of within so many milliseconds.
local function lives(living_ms)
  local seen_ms = tonumber(redis.call('HGET', SLIDE, 'owner_seen_ms') or 0)
  return redis.call('HEXISTS', SLIDE, 'owner') == 1 and now_ms() - seen_ms < tonumber(living_ms)
end

local function owns(token)
  return redis.call('HGET', SLIDE, 'owner') == token
end

-- Book the time since the owner was last seen as time spent counting, unless it was paused.
local function touch(living_ms)
  local now = now_ms()
  local seen = tonumber(redis.call('HGET', SLIDE, 'owner_seen_ms') or now)
  local spent = math.max(0, math.min(now - seen, living_ms))
  if redis.call('HGET', SLIDE, 'state') ~= 'paused' then
    redis.call('HINCRBY', SLIDE, 'counting_ms', string.format('%d', spent))
  end
  redis.call('HSET', SLIDE, 'owner_seen_ms', string.format('%.0f', now))
end

local function see(number)
  if redis.call('SETBIT', SEEN, number, 1) == 0 then
    redis.call('HINCRBY', SLIDE, 'frames_seen', 1)
  end
end

-- Give a frame its one outcome; false where it has one already.
local function settle(number)
  if redis.call('GETBIT', DONE, number) == 1 then
    return false
  end
  see(number)
  redis.call('SETBIT', DONE, number, 1)
  return true
end

local function count(field, by)
  redis.call('HINCRBY', SLIDE, field, by)
end

local function tell(max_events, ...)
  redis.call('XADD', EVENTS, 'MAXLEN', '=', max_events, '*', ...)
end
