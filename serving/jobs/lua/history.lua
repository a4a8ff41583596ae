-- A page of a client's jobs, newest first. The cost grows with the page and its place, not with the records.
-- KEYS: where they are filed     ARGV: first, count, earliest, latest (as ZCOUNT takes them)
-- Returns JSON: the total, how many jobs run, then [position or -1, [field, value, …]] of each
local page = {redis.call('ZCOUNT', KEYS[1], ARGV[3], ARGV[4]), redis.call('ZCARD', P .. 'running')}
for _, id in ipairs(redis.call('ZREVRANGEBYSCORE', KEYS[1], ARGV[4], ARGV[3], 'LIMIT', ARGV[1], ARGV[2])) do
  local row = redis.call('HGETALL', P .. 'job:' .. id)
  if #row > 0 then
    page[#page + 1] = {redis.call('ZRANK', P .. 'waiting', id) or -1, row}
  end
end
return cjson.encode(page)
