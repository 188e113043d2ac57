-- ARGV: token, JPEG of the mosaic, JSON that says what is where in it.
if not owns(ARGV[1]) then
  return TAKEN
end
redis.call('HSET', MAP, 'picture', ARGV[2], 'layout', ARGV[3])
return 1
