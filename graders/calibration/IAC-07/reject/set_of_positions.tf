# why: for_each over a set of positions is count by another name
provider "aws" {
  region = "eu-west-1"
}

variable "teams" {
  type = list(string)
}

resource "aws_sqs_queue" "team" {
  for_each = toset([for i in range(length(var.teams)) : tostring(i)])
  name     = "work-${var.teams[tonumber(each.key)]}"
}
