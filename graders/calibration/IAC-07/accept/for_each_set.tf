# why: for_each over the set of names
provider "aws" {
  region = "eu-west-1"
}

variable "teams" {
  type = list(string)
}

resource "aws_sqs_queue" "team" {
  for_each = toset(var.teams)
  name     = "work-${each.key}"
}
