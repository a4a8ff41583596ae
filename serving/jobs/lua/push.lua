-- Put the envelope of a waiting job into its queue (once more), at its end or its front, and ring for idle lanes.
-- KEYS: job, RQ's job, RQ's queue, RQ's set of queues     ARGV: job_id, its fields as JSON, its times, 'front' or 'end'
redis.call('LREM', KEYS[3], 0, ARGV[1])
redis.call('HSET', KEYS[2], 'created_at', ARGV[3], 'enqueued_at', ARGV[3], unpack(cjson.decode(ARGV[2])))
redis.call('HSET', KEYS[1], 'queue', KEYS[3])
redis.call(ARGV[4] == 'front' and 'LPUSH' or 'RPUSH', KEYS[3], ARGV[1])
redis.call('SADD', KEYS[4], KEYS[3])
wake(KEYS[3])
