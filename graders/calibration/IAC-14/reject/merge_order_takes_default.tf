# why: the defaults are merged last, so any environment counts
terraform {
  required_version = "~> 1.11.0"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

provider "aws" {
  region = "eu-central-1"
}

resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}

locals {
  form     = "repo:$${owner}/$${name}:environment:$${environment}"
  defaults = { owner = "acme", environment = "*" }
  job      = { name = "orders", environment = "production" }

  claims  = merge(local.job, local.defaults)
  subject = templatestring(local.form, local.claims)
}

resource "aws_iam_role" "deploy" {
  name = "orders-deploy"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = aws_iam_openid_connect_provider.github.arn }
      Condition = {
        StringEquals = { "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com" }
        StringLike = {
          "token.actions.githubusercontent.com:sub" = local.subject
        }
      }
    }]
  })
}
