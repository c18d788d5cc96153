# why: element() by index
provider "aws" {
  region = "eu-west-1"
}

variable "teams" {
  type = list(string)
}

resource "aws_sqs_queue" "team" {
  count = length(var.teams)
  name  = format("work-%s", element(sort(var.teams), count.index))
}
