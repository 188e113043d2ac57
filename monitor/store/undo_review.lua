-- ARGV: max_events, id, reviewer, how many, time. Takes back the reviewer's own last reviews that still stand;
-- the log keeps them and says that they were undone. Gives {'ok', how many were taken back},
-- also when done again with the same id, or {'missing'}.
local max_events, id, reviewer, wanted, time = unpack(ARGV, 1, 5)
if redis.call('EXISTS', SLIDE) == 0 then
  return { 'missing' }
end
local done = redis.call('HGET', REVIEW_IDS, id)
if done then
  return { 'ok', done }
end

local undone = 0
local last = tonumber(redis.call('HGET', REVIEWERS, reviewer) or 0)
while last > 0 and undone < tonumber(wanted) do
  local entry = cjson.decode(redis.call('HGET', REVIEW_LOG, last))
  local member = entry.field .. ':' .. entry.cell .. ':' .. reviewer
  if entry.before > 0 then
    redis.call('HSET', REVIEWS, member, redis.call('HGET', REVIEW_LOG, entry.before))
  else
    redis.call('HDEL', REVIEWS, member)
  end
  local number = redis.call('HLEN', REVIEW_LOG) + 1
  redis.call('HSET', REVIEW_LOG, number, cjson.encode({
    kind = 'undo', number = number, id = id, at = time, reviewer = reviewer, undoes = last,
    field = entry.field, cell = entry.cell,
  }))
  last = entry.previous
  undone = undone + 1
end
redis.call('HSET', REVIEWERS, reviewer, last)
redis.call('HSET', REVIEW_IDS, id, undone)
if undone > 0 then
  tell(max_events, 'kind', 'review', 'text', reviewer .. ': ' .. undone .. ' taken back')
end
return { 'ok', tostring(undone) }
