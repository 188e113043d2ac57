-- Writes a slide that does not exist, from its dump. ARGV: groups of a number n, a command, the
-- index of its key among KEYS and n - 2 words more. Gives 1, or 0 where the slide exists.
if redis.call('EXISTS', SLIDE) == 1 then
  return 0
end
redis.call('DEL', unpack(KEYS))
local i = 1
while i <= #ARGV do
  local words = tonumber(ARGV[i])
  redis.call(ARGV[i + 1], KEYS[tonumber(ARGV[i + 2])], unpack(ARGV, i + 3, i + words))
  i = i + words + 1
end
return 1
