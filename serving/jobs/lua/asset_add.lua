-- Register an uploaded file under its id, and say under which name its bytes lie.
-- KEYS: upload, content     ARGV: file_id, client, expires_at, the name they were put under, then field, value, …
-- Returns the name that counts: that of an earlier upload of the same bytes, where there is one. Asked again, the same.
local content, other = redis.call('HGET', KEYS[1], 'content'), redis.call('SRANDMEMBER', KEYS[2])
while not content and other do
  content = redis.call('HGET', P .. 'upload:' .. other, 'content')
  if not content then -- removed by hand
    redis.call('SREM', KEYS[2], other)
    other = redis.call('SRANDMEMBER', KEYS[2])
  end
end
content = content or ARGV[4]
redis.call('HSET', KEYS[1], 'content', content, unpack(ARGV, 5))
redis.call('SADD', KEYS[2], ARGV[1])
redis.call('ZADD', P .. 'uploads', ARGV[3], ARGV[1])
redis.call('ZADD', P .. 'client:' .. ARGV[2] .. ':uploads', ARGV[3], ARGV[1])
return content
