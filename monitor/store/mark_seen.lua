-- ARGV: token, then frame numbers.
if not owns(ARGV[1]) then
  return TAKEN
end
for i = 2, #ARGV do
  see(ARGV[i])
end
return 1
