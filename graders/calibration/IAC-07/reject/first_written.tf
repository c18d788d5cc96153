# why: written out by position
provider "aws" {
  region = "eu-west-1"
}

variable "teams" {
  type = list(string)
}

resource "aws_sqs_queue" "first" {
  name = "work-${var.teams[0]}"
}

resource "aws_sqs_queue" "second" {
  name = "work-${var.teams[1]}"
}
