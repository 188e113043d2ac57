-- ARGV: living_ms. Gives 1, or 0 where a living capture owns the slide, which stays.
if lives(ARGV[1]) then
  return 0
end
redis.call('DEL', unpack(KEYS))
return 1
