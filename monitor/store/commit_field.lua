-- ARGV: token, number, cells, flagged, unscored, record, scores, boxes, max_flagged, max_events,
-- whether its cells may have been counted before (1 or 0), how many kinds of not_cells, max_sampled,
-- how many flagged cells; kind and count of each kind; member, score and record of each flagged
-- cell, then member, rank and record of each cell drawn by chance. Gives 1, or 0 where the frame has
-- an outcome already.
local token, number, cells, flagged, unscored, record, scores, boxes, max_flagged, max_events =
  unpack(ARGV, 1, 10)
local may_repeat, kinds, max_sampled, kept = unpack(ARGV, 11, 14)

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
local first_flagged = 15 + 2 * kinds
local first_sampled = first_flagged + 3 * kept
for i = 15, first_flagged - 1, 2 do
  count('not_cells:' .. ARGV[i], ARGV[i + 1])
end

if may_repeat == '1' then
  redis.call('HSET', SLIDE, 'repeats', 1)
end
redis.call('HSET', FIELDS, number, record)
redis.call('HSET', SCORES, number, scores)
redis.call('HSET', BOXES, number, boxes)

-- The orders are total, by score or rank and then by member, so what stays does not depend on
-- which field came first.
local function keep(order, records, first, last, most, pop)
  for i = first, last, 3 do
    redis.call('ZADD', order, ARGV[i + 1], ARGV[i])
    redis.call('HSET', records, ARGV[i], ARGV[i + 2])
  end
  local excess = redis.call('ZCARD', order) - most
  if excess > 0 then
    local popped = redis.call(pop, order, excess)
    for i = 1, #popped, 2 do
      redis.call('HDEL', records, popped[i])
    end
  end
end

keep(FLAGGED, FLAGGED_CELLS, first_flagged, first_sampled - 1, max_flagged, 'ZPOPMIN')
keep(SAMPLED, SAMPLED_CELLS, first_sampled, #ARGV, max_sampled, 'ZPOPMAX')
tell(max_events, 'kind', 'field', 'number', number, 'cells', cells, 'flagged', flagged,
  'unscored', unscored)
return 1
