-- ARGV: token, number, cells, flagged, unscored, record, scores, boxes, max_flagged, max_events,
-- whether its cells may have been counted before (1 or 0), how many kinds of not_cells, kind and
-- count of each, then member, score and record of each flagged cell. Gives 1, or 0 where the
-- frame has an outcome already.
local token, number, cells, flagged, unscored, record, scores, boxes, max_flagged, max_events =
  unpack(ARGV, 1, 10)
local may_repeat, kinds = unpack(ARGV, 11, 12)

if not owns(token) then
  return TAKEN
end
if not settle(number) then
  return 0
end

count('cells', cells)
count('flagged', flagged)
count('unscored', unscored)
count('fields', 1)
count('frames_counted', 1)
local first_flagged = 13 + 2 * kinds
for i = 13, first_flagged - 1, 2 do
  count('not_cells:' .. ARGV[i], ARGV[i + 1])
end

if may_repeat == '1' then
  redis.call('HSET', SLIDE, 'repeats', 1)
end
redis.call('HSET', FIELDS, number, record)
redis.call('HSET', SCORES, number, scores)
redis.call('HSET', BOXES, number, boxes)
for i = first_flagged, #ARGV, 3 do
  redis.call('ZADD', FLAGGED, ARGV[i + 1], ARGV[i])
  redis.call('HSET', FLAGGED_CELLS, ARGV[i], ARGV[i + 2])
end
-- The order by score and then by member is total, so what stays does not depend on which
-- field came first.
local excess = redis.call('ZCARD', FLAGGED) - max_flagged
if excess > 0 then
  local popped = redis.call('ZPOPMIN', FLAGGED, excess)
  for i = 1, #popped, 2 do
    redis.call('HDEL', FLAGGED_CELLS, popped[i])
  end
end
tell(max_events, 'kind', 'field', 'number', number, 'cells', cells, 'flagged', flagged,
  'unscored', unscored)
return 1
