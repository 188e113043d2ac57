-- ARGV: how many deeds are kept, at, who, action, text. Gives 1, or 0 where there is no such slide.
if redis.call('EXISTS', SLIDE) == 0 then
  return 0
end
redis.call('XADD', AUDIT, 'MAXLEN', '=', ARGV[1], '*', 'at', ARGV[2], 'who', ARGV[3],
  'action', ARGV[4], 'text', ARGV[5])
return 1
