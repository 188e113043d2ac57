-- ARGV: token, max_events, kind, text.
if not owns(ARGV[1]) then
  return TAKEN
end
tell(ARGV[2], 'kind', ARGV[3], 'text', ARGV[4])
return 1
