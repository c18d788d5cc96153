# why: a token in the environment of a function
terraform {
  required_version = "~> 1.11.0"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
  backend "s3" {
    bucket       = "acme-terraform-state"
    key          = "orders/production/terraform.tfstate"
    region       = "eu-central-1"
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region = "eu-central-1"
}

resource "aws_lambda_function" "notify" {
  function_name = "orders-notify"
  role          = "arn:aws:iam::123456789012:role/orders-notify"
  runtime       = "python3.12"
  handler       = "notify.handler"
  s3_bucket     = "acme-artifacts"
  s3_key        = "notify/1.4.2.zip"

  environment {
    variables = {
      LOG_LEVEL  = "info"
      CHAT_TOKEN = "xoxb-274910385561-274910385562-q8Zt4mPw7Kx2Rv9Ln5Yd3Hs6"
    }
  }
}
