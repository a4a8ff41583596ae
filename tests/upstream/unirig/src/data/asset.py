class Asset:
    @staticmethod
    def from_raw_data(raw_data, cls, path, data_name):
        asset = Asset()
        vars(asset).update(vars(raw_data))
        return asset
