# why: count with an index: every later queue moves by one
provider "aws" {
  region = "eu-west-1"
}

variable "teams" {
  type = list(string)
}

resource "aws_sqs_queue" "team" {
  count = length(var.teams)
  name  = "work-${var.teams[count.index]}"
}
