package store_test

func workUntilKilled(string) int { return 0 }
