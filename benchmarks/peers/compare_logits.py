"""How far two sets of next-token log-probabilities lie apart.

    python compare_logits.py REFERENCE.json OTHER.json
    python compare_logits.py REFERENCE.json --espalier build/release/espalier --model NAME

REFERENCE.json and OTHER.json are outputs of logits.py; OTHER must list more tokens per prompt than REFERENCE
(--top 40), so that none is missing. Prints the mean and the largest difference over the reference's tokens.
"""

import argparse
import json
import subprocess


def espalier_case(binary, model, prompt):
    command = [binary, "logits", "--model", model, "--prompt", prompt, "--top", "100", "--json", "--quiet"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reference")
    parser.add_argument("other", nargs="?")
    parser.add_argument("--espalier", help="the binary")
    parser.add_argument("--model", help="what Espalier calls the model")
    options = parser.parse_args()
    if (options.other is None) == (options.espalier is None):
        parser.error("give OTHER.json, or --espalier and --model")

    with open(options.reference, encoding="utf-8") as file:
        reference = json.load(file)["cases"]
    if options.other:
        with open(options.other, encoding="utf-8") as file:
            others = json.load(file)["cases"]
    else:
        others = [espalier_case(options.espalier, options.model, case["prompt"]) for case in reference]

    differences = []
    same_best = 0
    for case, other in zip(reference, others):
        assert case["tokens"] == other["tokens"], f"tokens differ: {case['prompt']!r}"
        logprobs = {token["id"]: token["logprob"] for token in other["top"]}
        differences += [abs(logprobs[token["id"]] - token["logprob"]) for token in case["top"] if token["id"] in logprobs]
        same_best += case["top"][0]["id"] == other["top"][0]["id"]
    print(
        f"mean {sum(differences) / len(differences):.3f}, largest {max(differences):.3f} over {len(differences)} tokens; "
        f"same best token in {same_best} of {len(reference)}"
    )


if __name__ == "__main__":
    main()
