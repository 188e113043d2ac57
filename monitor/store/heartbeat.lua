-- ARGV: token, living_ms, then name and value of each status figure.
if not owns(ARGV[1]) then
  return TAKEN
end
touch(tonumber(ARGV[2]))
redis.call('DEL', STATUS)
if #ARGV > 2 then
  redis.call('HSET', STATUS, unpack(ARGV, 3))
  redis.call('PEXPIRE', STATUS, ARGV[2])
end
return 1
