from src.record import record


def get_tokenizer(config):
    record("get_tokenizer", method=config.method, vroid=config.order_config.skeleton_path.vroid)
    return "tokenizer"
