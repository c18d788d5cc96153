# why: count over the product of teams and kinds
provider "aws" {
  region = "eu-west-1"
}

variable "teams" {
  type = list(string)
}

locals {
  pairs = setproduct(var.teams, ["jobs", "mails"])
}

resource "aws_sqs_queue" "team" {
  count = length(local.pairs)
  name  = "${local.pairs[count.index][1]}-${local.pairs[count.index][0]}"
}
