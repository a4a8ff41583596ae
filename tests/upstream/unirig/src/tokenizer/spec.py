class TokenizerConfig:
    @staticmethod
    def parse(config):
        return config
