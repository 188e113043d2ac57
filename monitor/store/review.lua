-- ARGV: max_reviews, max_events, then id, field, cell, reviewer, judgement, stage ('' for none), comment and
-- time of each review. All of them are written, or none. Gives {'ok', how many are new}, {'missing'},
-- {'unknown', number of the first review whose cell does not exist, from 1} or {'full'}.
local PARTS = 8
local FIRST = 3
local max_reviews, max_events = tonumber(ARGV[1]), ARGV[2]
if redis.call('EXISTS', SLIDE) == 0 then
  return { 'missing' }
end

local function at(review, part)
  return ARGV[FIRST - 1 + PARTS * (review - 1) + part]
end

-- The number of scores of a field is that of its cells.
local count = (#ARGV - FIRST + 1) / PARTS
for review = 1, count do
  if tonumber(at(review, 3)) >= redis.call('HSTRLEN', SCORES, at(review, 2)) / 4 then
    return { 'unknown', tostring(review) }
  end
end
if redis.call('HLEN', REVIEW_LOG) + count > max_reviews then
  return { 'full' }
end

local function standing(member)
  local stored = redis.call('HGET', REVIEWS, member)
  return stored and cjson.decode(stored) or nil
end

local function same(one, other)
  return one and one.judgement == other.judgement and one.stage == other.stage
    and one.comment == other.comment
end

local fresh = 0
for review = 1, count do
  local id, field, cell, reviewer, judgement, stage, comment, time =
    unpack(ARGV, FIRST + PARTS * (review - 1), FIRST - 1 + PARTS * review)
  local member = field .. ':' .. cell .. ':' .. reviewer
  local before = standing(member)
  local entry = { judgement = judgement, stage = stage, comment = comment }
  if redis.call('HEXISTS', REVIEW_IDS, id) == 0 and not same(before, entry) then
    local number = redis.call('HLEN', REVIEW_LOG) + 1
    entry.kind, entry.number, entry.id, entry.at = 'review', number, id, time
    entry.field, entry.cell, entry.reviewer = tonumber(field), tonumber(cell), reviewer
    -- What undoing leads back to: of this cell, and of this reviewer.
    entry.before = before and before.number or 0
    entry.previous = tonumber(redis.call('HGET', REVIEWERS, reviewer) or 0)
    local text = cjson.encode(entry)
    redis.call('HSET', REVIEW_LOG, number, text)
    redis.call('HSET', REVIEWS, member, text)
    redis.call('HSET', REVIEWERS, reviewer, number)
    redis.call('HSET', REVIEW_IDS, id, number)
    fresh = fresh + 1
  end
end
-- Who was at work, and not what was found: a second reader is not to see that.
if fresh > 0 then
  tell(max_events, 'kind', 'review', 'text', at(count, 4) .. ': ' .. fresh .. ' reviewed')
end
return { 'ok', tostring(fresh) }
