# why: a shared topic has the names of all teams in its own, and is replaced
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

resource "aws_sns_topic" "news" {
  name = "news-${join("-", var.teams)}"
}
