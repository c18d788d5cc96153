# why: prevent_destroy stops the plan, which would have replaced the queues of others
provider "aws" {
  region = "eu-west-1"
}

variable "teams" {
  type = list(string)
}

resource "aws_sqs_queue" "team" {
  count = length(var.teams)
  name  = "work-${var.teams[count.index]}"
  lifecycle {
    prevent_destroy = true
  }
}
