"""Near-duplicates by datasketch's MinHash and MinHashLSH: shingles of five
words, 14 bands of 8 hashes, documents that share a band joined. Prints the
processor time of the work and the cluster of each document."""
import json
import re
import sys
import time

from datasketch import MinHash, MinHashLSH

BANDS, ROWS, SHINGLE = 14, 8, 5
WORD = re.compile(r"\w+")


def main():
    began = time.process_time()
    lsh = MinHashLSH(num_perm=BANDS * ROWS, params=(BANDS, ROWS))
    parent = {}

    def root(name):
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    with open(sys.argv[1], encoding="utf-8") as records:
        for line in records:
            record = json.loads(line)
            name = record["id"]
            parent[name] = name
            words = WORD.findall(record["text"].lower())
            shingles = {" ".join(words[i:i + SHINGLE]).encode() for i in range(len(words) - SHINGLE + 1)}
            if not shingles:
                continue
            sketch = MinHash(num_perm=BANDS * ROWS)
            sketch.update_batch(shingles)
            for other in sorted(lsh.query(sketch)):
                parent[root(name)] = root(other)
            lsh.insert(name, sketch)
    clusters = {name: root(name) for name in parent}
    json.dump({"seconds": time.process_time() - began, "clusters": clusters}, sys.stdout)


main()
