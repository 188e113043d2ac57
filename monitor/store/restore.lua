-- Writes a slide that does not exist, from its dump. ARGV: groups of a number n, a command, the
-- index of its key among KEYS and n - 2 words more. Gives 1, or 0 where the slide exists; an error
-- leaves nothing behind.
if redis.call('EXISTS', SLIDE) == 1 then
  return 0
end
redis.call('DEL', unpack(KEYS))
local i = 1
while i <= #ARGV do
  local words = tonumber(ARGV[i])
  local key = KEYS[tonumber(ARGV[i + 2])]
  local done = redis.pcall(ARGV[i + 1], key, unpack(ARGV, i + 3, i + words))
  if type(done) == 'table' and done.err then
    redis.call('DEL', unpack(KEYS))
    return done
  end
  i = i + words + 1
end
return 1
